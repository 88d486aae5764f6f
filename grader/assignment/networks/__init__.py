"""A network as it ran: operations, blocks, joins, names for departures, and the proof."""
