"""Words too common to name a product by themselves. Written for oust, not computed from others."""

from __future__ import annotations

EVERYDAY = frozenset(
    """
    able about above access account accounts action active adapter add additional address admin
    administration advanced after agency agent agents air alarm alert all also analysis analyzer
    analytics and android antivirus any api app apple application applications apps archive area
    art assembly asset assistant audio audit australia auto automation axon back backup bank bar
    base basic battery beta bios black block blue board body book boot box branch bridge browser
    bug build builder building bus business button cable calculator calendar call camera cameras
    car card care case cases catalog cell cellular center central centre chain change channel
    charge chat check china chip chrome city class clean clear click client clock cloud cluster
    code collector color command common communication communications community companion company
    compatible compiler component components computer computers config connect connection connector
    console contact content contract control controller converter copy core corporate cost council
    country cover create credit crypto custom customer cyber daemon daily dashboard data database
    date day debug deep default defender defense delivery demo deploy deployment design desk
    desktop detect detection dev developer development device devices dialog digital direct
    directory disk display division dock document documents domain door down download drive driver
    drivers drone dynamic early east easy edge edit edition editor education effect electric
    electronic electronics element email embedded emergency encryption endpoint energy engine
    enterprise entry environment equipment error essential essentials event events exchange
    explorer export express extended extension external extra face facility family fast feature
    federal field file files filter final finance find fire firewall firmware first flash flat
    fleet flex flight flow fly folder force form forms forward frame framework free front full
    function fusion game gate gateway general generic german global gold good government graphics
    green grid group guard guide hand handler hard hardware health help helper high home hospital
    host hot hotel house human icon image import inc index industrial industries industry info
    information infrastructure inner input insight inspire install installation installer
    instance institute instruments integration intelligence interactive interface internal
    international internet inventory issue item job journal just key keyboard keys kit lab label
    laboratory lake land language laser last launch launcher layer learn learning level library
    license licence life light limited line link linux list lite live load local location lock log
    logger logic login long machine mail main maintenance manage management manager manual map
    mapper marine mark market marketing master matrix media medical meeting member memory menu
    message messaging meter micro mini mission mobile mode model modem module monitor monitoring
    month motion motor mount move multi museum music name national native nature navigator net
    network networks new news next night node normal north note number object ocean office offline
    offshore one online only open operation operations operator optical optimizer option orange
    order organization original outer output over overhead package packet page paint panel paper
    parking parser part partner password patch path pay payment peer people performance permission
    person personal phantom phone phones photo pilot pipe plan planner planning plant platform
    play player plug plugin plus point policy pool port portable portal power precision premium
    press preview prime print printer private pro process product production products
    professional profile program programs project protect protection protocol provider public
    publisher pulse pump purchase push quality query quick radio radios rail range rapid reader
    ready real record recorder recovery red remote renewal repair replication report reporter
    reports request research reserve resource resources response revision ring river road robot
    root router rule run runtime safe safety sales satellite save scan scanner schedule school
    science scope scout screen script search seat second secure security sense sensor series
    server servers service services session set setup share shell shield ship shop show signal
    silver simple single site smart snap social socket soft software solar solution solutions
    sonic sound source south space spark special speech speed sphere spring sql stack standard
    star start starter station stats status step storage store stream street studio suite summit
    sun super supply support surface survey suite switch sync system systems table tablet tag
    target task team tech technical technologies technology telecom telephone television tello
    template terminal test text theme thermal thing ticket time title token tool toolbox tools top
    total touch tower track tracker trade traffic trail train training transfer transport travel
    tree trigger true trust tunnel tutor type ultimate unified unit united universal university
    update updater upgrade user users utility utilities value vault vector vehicle version video
    view viewer virtual virus vision visual voice wall wallet ward watch water wave way web
    weather west white wide wifi window windows wire wireless wizard wood word work workbench
    worker workflow workforce works workspace workstation world writer year zero zone
    decision precision provision revision supervision television division envision hiking
    ebook ebooks notebook magic logic sciences scientific science juniper graphic graphics
    corporation telecommunication telecommunications build investment investments venture ventures
    computing western eastern northern southern cybersecurity privacy assistant analyst innovation
    innovations prohibition byte dance semi macro macros across acronym acronyms semiconductor
    enterprises manufacturing consulting associates partners construction engineering
    international master aster faster disaster poster counter center enter hysteria history
    """.split()
)
"""Folded English words of product names, purchases and technology, about 800."""


def everyday(word: str) -> bool:
    """Whether `word`, folded, says nothing alone: everyday, a number, or under four letters."""
    return (word.isascii() and len(word) < 4) or word.isdigit() or word in EVERYDAY
