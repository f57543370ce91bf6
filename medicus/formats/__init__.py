"""How dates are written, where Django's own way could be misread: 03/12/1956 is two different days.

Pages name these formats and none of their own: `19 Jan 2004, 13:27` and `19.01.2004, 13:27`, as web/src/i18n/format.ts
writes them too."""
