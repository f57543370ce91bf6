"""How dates are written, where Django's own way could be misread: 03/12/1956 is two different days."""
