"""PyPI `tink` as an independent implementation of the format."""

import io

from tink import cleartext_keyset_handle, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2

streaming_aead.register()


class Oracle:
    """AES256_GCM_HKDF_1MB with a key of ours."""

    def __init__(self, key: bytes) -> None:
        params = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
            ciphertext_segment_size=1 << 20, derived_key_size=32, hkdf_hash_type=common_pb2.SHA256
        )
        proto = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, params=params, key_value=key)
        data = tink_pb2.KeyData(
            type_url="type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey",
            value=proto.SerializeToString(),
            key_material_type=tink_pb2.KeyData.SYMMETRIC,
        )
        entry = tink_pb2.Keyset.Key(
            key_data=data, status=tink_pb2.ENABLED, key_id=1, output_prefix_type=tink_pb2.RAW
        )
        keyset = tink_pb2.Keyset(primary_key_id=1, key=[entry])
        handle = cleartext_keyset_handle.from_keyset(keyset)
        self._primitive = handle.primitive(streaming_aead.StreamingAead)

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        sink = _KeptBytes()
        with self._primitive.new_encrypting_stream(sink, associated_data) as stream:
            stream.write(plaintext)
        return sink.kept

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        with self._primitive.new_decrypting_stream(io.BytesIO(ciphertext), associated_data) as stream:
            return bytes(stream.read())


class _KeptBytes(io.BytesIO):
    """Keeps its content when tink closes it."""

    kept = b""

    def close(self) -> None:
        if not self.closed:
            self.kept = self.getvalue()
        super().close()
