"""German as Django writes it, but for a comma between day and time, as everywhere in the front end."""

SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
