"""What leaves end-to-end encryption for the record: pure functions, bytes in, bytes and values out.

bundle   reads the FHIR R4 document that a device has signed, and refuses what is not one of ours
members  which members each part of it has
sheet    writes it as a PDF, for people
"""
