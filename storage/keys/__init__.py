"""Keys of encryption at rest: root → organisation → data key of each object, attribute and index keys.

    root                 one per installation, outside the database (`provider`); wraps
    organisation secret  rows of `OrganisationKey`, by version (`organisation`); HKDF makes of it
      wrapping key       wraps the data key of each object (`data_keys`)
      attribute key      seals what identifies a person in a row (`attributes`)
      index key          of the first version, for blind indexes: look-ups must go on matching

Everything that is wrapped or sealed is XAES-256-GCM (`xaes`), bound by its associated data to what it
belongs to.
"""
