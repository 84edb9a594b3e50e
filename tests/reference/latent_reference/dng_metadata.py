# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata blocks for synthetic DNGs: EXIF, lens, GPS, a Canon-shaped maker note, XMP and IPTC.

All of it is invented here, so that a file with every block can be made without a foreign photo.
"""

from __future__ import annotations

import struct

from latent_reference.dng_spec import Metadata
from latent_reference.tiff import ASCII, BYTE, LONG, RATIONAL, SHORT, SRATIONAL, Ifd, Late

BLOCKS = ("exif", "lens", "gps", "maker", "xmp", "iptc")
# The maker note in DNGPrivateData, as Adobe's converter has it: instead of "maker", not with it.
ADOBE = "adobe"

EXIF_IFD, GPS_IFD = 34665, 34853

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmp:Rating="4" xmp:Label="Green" xmp:CreateDate="2024-05-17T12:34:56.78">
   <dc:subject><rdf:Bag><rdf:li>lighthouse</rdf:li><rdf:li>Küste</rdf:li></rdf:Bag></dc:subject>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">A lighthouse</rdf:li></rdf:Alt>
   </dc:description>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def put(first: Ifd, meta: Metadata, order: str) -> None:
    """Adds the asked-for blocks to the first directory.

    Errors   ValueError for an unknown block name.
    """
    unknown = meta.blocks - {*BLOCKS, ADOBE}
    if unknown:
        raise ValueError(f"no metadata block is called {sorted(unknown)[0]}")
    exif = Ifd()
    if "exif" in meta.blocks:
        _put_exif(first, exif, meta.iso)
    if "lens" in meta.blocks:
        _put_lens(first, exif)
    if "maker" in meta.blocks:
        size = len(_canon_note(0, order))
        exif.put_bytes(0x927C, Late(size, lambda offset: _canon_note(offset, order)))
    if ADOBE in meta.blocks:
        first.put_bytes(50740, _adobe_note(order), BYTE)  # DNGPrivateData
    if exif.tags:
        first.children[EXIF_IFD] = [exif]
    if "gps" in meta.blocks:
        first.children[GPS_IFD] = [_gps()]
    if "xmp" in meta.blocks:
        first.put_bytes(700, _XMP.encode(), BYTE)
    if "iptc" in meta.blocks:
        first.put_bytes(33723, _iptc(), LONG)


def _put_exif(first: Ifd, exif: Ifd, iso: int) -> None:
    first.put_text(270, "A synthetic scene")  # ImageDescription
    first.put_text(305, "latent_reference")  # Software
    first.put_text(306, "2024:05:17 12:34:56")  # DateTime
    first.put_text(315, "A. Photographer")  # Artist
    first.put_text(33432, "Public domain")  # Copyright
    exif.put_bytes(0x9000, b"0231")  # ExifVersion
    exif.put(0x829A, RATIONAL, 1 / 125)  # ExposureTime
    exif.put(0x829D, RATIONAL, 5.6)  # FNumber
    exif.put(0x8822, SHORT, 3)  # ExposureProgram: aperture priority
    exif.put(0x8827, SHORT, min(iso, 65535))  # ISOSpeedRatings
    exif.put(0x8830, SHORT, 2)  # SensitivityType: recommended exposure index
    exif.put(0x8832, LONG, iso)  # RecommendedExposureIndex
    exif.put_text(0x9003, "2024:05:17 12:34:56")  # DateTimeOriginal
    exif.put_text(0x9004, "2024:05:17 12:34:56")  # DateTimeDigitized
    exif.put_text(0x9011, "+02:00")  # OffsetTimeOriginal
    exif.put_text(0x9291, "78")  # SubSecTimeOriginal
    exif.put(0x9204, SRATIONAL, -1 / 3)  # ExposureBiasValue
    exif.put(0x9207, SHORT, 5)  # MeteringMode: pattern
    exif.put(0x9209, SHORT, 16)  # Flash: off
    exif.put(0x920A, RATIONAL, 50)  # FocalLength


def _put_lens(first: Ifd, exif: Ifd) -> None:
    first.put(50736, RATIONAL, 24, 70, 2.8, 4)  # LensInfo
    first.put_text(50735, "0123456789")  # CameraSerialNumber
    exif.put_text(0xA431, "0123456789")  # BodySerialNumber
    exif.put(0xA432, RATIONAL, 24, 70, 2.8, 4)  # LensSpecification
    exif.put_text(0xA433, "Latent Optics")  # LensMake
    exif.put_text(0xA434, "LO 24-70mm f/2.8-4 Synthetic")  # LensModel
    exif.put_text(0xA435, "L-42")  # LensSerialNumber


def _gps() -> Ifd:
    gps = Ifd()
    gps.put(0, BYTE, 2, 3, 0, 0)  # GPSVersionID
    gps.put_text(1, "N")
    gps.put(2, RATIONAL, 53, 33, 4.5)  # GPSLatitude
    gps.put_text(3, "E")
    gps.put(4, RATIONAL, 9, 59, 36.25)  # GPSLongitude
    gps.put(5, BYTE, 0)
    gps.put(6, RATIONAL, 12.5)  # GPSAltitude, metres
    gps.put(7, RATIONAL, 10, 34, 56)  # GPSTimeStamp
    gps.put_text(29, "2024:05:17")  # GPSDateStamp
    return gps


def _canon_note(offset: int, order: str) -> bytes:
    """A directory as Canon writes it: its offsets count from the file's start, hence `offset`."""
    texts = {0x0006: "Latent Synthetic", 0x0007: "Firmware 1.0.0", 0x0009: "A. Photographer"}
    numbers = {0x000C: 1234567890}
    texts[0x0095] = "LO 24-70mm f/2.8-4 Synthetic"
    tags = sorted([*texts, *numbers])
    table = struct.pack(order + "H", len(tags))
    where = offset + 2 + 12 * len(tags) + 4
    payload = b""
    for tag in tags:
        if tag in numbers:
            table += struct.pack(order + "HHII", tag, LONG, 1, numbers[tag])
            continue
        data = texts[tag].encode() + b"\0"
        table += struct.pack(order + "HHII", tag, ASCII, len(data), where + len(payload))
        payload += data + b"\0" * (len(data) % 2)
    return table + struct.pack(order + "I", 0) + payload


def _adobe_note(order: str) -> bytes:
    """A "MakN" record: byte order and offset that the note had in the camera's own file."""
    offset = 0x2A8
    note = (b"II" if order == "<" else b"MM") + struct.pack(">I", offset)
    note += _canon_note(offset, order)
    return b"Adobe\0MakN" + struct.pack(">I", len(note)) + note


def _iptc() -> bytes:
    """IPTC-IIM records (UTF-8 marker, title, keywords, caption), filled up to whole LONGs."""
    records = [
        (1, 90, b"\x1b%G"),
        (2, 5, b"Lighthouse"),
        (2, 25, b"lighthouse"),
        (2, 25, "Küste".encode()),
        (2, 120, b"A lighthouse"),
    ]
    block = b"".join(
        struct.pack(">BBBH", 0x1C, record, number, len(data)) + data
        for record, number, data in records
    )
    return block.ljust(-(-len(block) // 4) * 4, b"\0")
