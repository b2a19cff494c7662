-- The relay numbers the events and notes how far it has published. It sees no other table.
grant select, update (epoch, position) on event_log to relay;
grant select, insert, update on stream to relay;

-- What was recorded stays. The triggers of append-only tables refuse this too.
revoke update, delete on event_log from :"service";
select format('revoke update, delete on %s from %I', tgrelid::regclass, :'service')
from pg_trigger where not tgisinternal and tgname like '%\_append\_only' \gexec

-- Which months are archived is noted by who takes them away: the owner. Partitions need nothing here: nobody but the
-- owner reaches them, for their rows are reached through the table.
revoke insert on archived_month from :"service";

-- Positions are the relay's, the version is the migrations'.
revoke insert, update, delete on stream, schema_version from :"service";
