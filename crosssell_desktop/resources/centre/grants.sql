GRANT USAGE ON SCHEMA sync TO crosssell_join
--;
GRANT EXECUTE ON FUNCTION sync.sync_join() TO crosssell_join
--;
GRANT EXECUTE ON FUNCTION sync.sync_standing() TO crosssell_counter
