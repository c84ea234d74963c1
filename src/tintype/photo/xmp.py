"""XMP packets: one property more, everything else as it was (ISO 16684-1:2019, the XMP specification).

A packet is parsed as XML and changed as a tree, which keeps names, prefixes, comments and order. What would
be false after coloring is put right: how the picture is turned, and thumbnails inside the packet.
"""

from typing import Final
from xml.dom import minidom
from xml.parsers.expat import ExpatError

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
META: Final = "adobe:ns:meta/"
TIFF: Final = "http://ns.adobe.com/tiff/1.0/"
XMP: Final = "http://ns.adobe.com/xap/1.0/"

EMPTY: Final = f'<x:xmpmeta xmlns:x="{META}"><rdf:RDF xmlns:rdf="{RDF}"/></x:xmpmeta>'
BEGIN: Final = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
END: Final = '\n<?xpacket end="w"?>'


class Packet:
    """An XMP packet that can be read and changed.

    Raises `ValueError` when made from bytes that are no XMP.
    """

    def __init__(self, packet: bytes | None = None) -> None:
        self._document = _parse(packet.strip(b"\0 \r\n\t") if packet else EMPTY.encode())
        found = self._document.getElementsByTagNameNS(RDF, "RDF")
        if not found:
            raise ValueError("an XMP packet without rdf:RDF")
        self._rdf = found[0]

    def get(self, namespace: str, name: str) -> str | None:
        """A property's text, whether it is written as an element or an attribute; None without any."""
        for element in self._properties(namespace, name):
            return "".join(node.data for node in element.childNodes if node.nodeType == node.TEXT_NODE)
        for description in self._descriptions():
            if description.hasAttributeNS(namespace, name):
                return str(description.getAttributeNS(namespace, name))
        return None

    def set(self, namespace: str, prefix: str, name: str, text: str) -> None:
        """Give a property that text, in place of any value it had."""
        self.remove(namespace, name)
        rdf = self._rdf.prefix
        description = self._document.createElementNS(RDF, f"{rdf}:Description" if rdf else "Description")
        description.setAttributeNS(RDF, f"{rdf}:about" if rdf else "about", self._about())
        description.setAttribute(f"xmlns:{prefix}", namespace)
        element = self._document.createElementNS(namespace, f"{prefix}:{name}")
        element.appendChild(self._document.createTextNode(text))
        description.appendChild(element)
        self._rdf.appendChild(description)

    def remove(self, namespace: str, name: str) -> None:
        """Take a property away, and what describes nothing any more with it."""
        for description in self._descriptions():
            for element in _children(description):
                if (element.namespaceURI, element.localName) == (namespace, name):
                    description.removeChild(element)
                    if not _says_something(description):
                        self._rdf.removeChild(description)
            if description.hasAttributeNS(namespace, name):
                description.removeAttributeNS(namespace, name)

    def straighten(self) -> None:
        """Say that the picture is upright, where anything is said of that, and drop thumbnails."""
        if self.get(TIFF, "Orientation") is not None:
            self.set(TIFF, "tiff", "Orientation", "1")
        self.remove(XMP, "Thumbnails")

    def to_bytes(self) -> bytes:
        """The packet as UTF-8, in its wrapper."""
        roots = [
            node for node in self._document.childNodes if node.nodeType != node.PROCESSING_INSTRUCTION_NODE
        ]
        return (BEGIN + "".join(node.toxml() for node in roots) + END).encode()

    def _descriptions(self) -> list[minidom.Element]:
        return _children(self._rdf)

    def _properties(self, namespace: str, name: str) -> list[minidom.Element]:
        return [
            element
            for description in self._descriptions()
            for element in _children(description)
            if (element.namespaceURI, element.localName) == (namespace, name)
        ]

    def _about(self) -> str:
        """What the packet is about; all of its descriptions must name the same (ISO 16684-1, 7.4)."""
        for description in self._descriptions():
            return str(description.getAttributeNS(RDF, "about"))
        return ""


def _children(element: minidom.Element) -> list[minidom.Element]:
    return [node for node in element.childNodes if isinstance(node, minidom.Element)]


def _says_something(description: minidom.Element) -> bool:
    if _children(description):
        return True
    attributes = description.attributes.values() if description.attributes else []
    return any(not a.name.startswith("xmlns") and a.localName != "about" for a in attributes)


def _parse(packet: bytes) -> minidom.Document:
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        raise ValueError("an XMP packet with a document type, which XMP does not have")
    try:
        document = minidom.parseString(packet)  # noqa: S318 - without a document type there are no entities
    except (ExpatError, UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"no XML ({error})") from error
    if document.documentElement is None or document.doctype is not None:
        raise ValueError("an XMP packet with a document type, which XMP does not have")
    return document
