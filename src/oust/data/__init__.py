"""Rules and dossiers as data, and the strict loader that reads them."""
