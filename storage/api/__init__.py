"""The JSON API of patients, findings and shares, under /api/v1/. What travels: `storage.api.shapes`."""
