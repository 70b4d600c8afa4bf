"""Reads an installer package back with Python's standard library alone.

It shares no code with the writer. It prints what it finds, a line for each
file and folder of the payload and the scripts, and then the names in the
archive; what is wrong goes to standard error, and the exit status is 1.

Usage: check.py PACKAGE
"""

import hashlib
import posixpath
import struct
import sys
import xml.etree.ElementTree as ET
import zlib

problems = []


def check(good, text):
    if not good:
        problems.append(text)
    return good


def xar_members(data):
    magic, size, version, packed, plain, kind = struct.unpack(">4sHHQQI", data[:28])
    check((magic, size, version, kind) == (b"xar!", 28, 1, 1), "xar: header")
    toc = data[28 : 28 + packed]
    text = zlib.decompress(toc)
    check(len(text) == plain, "xar: length of the table")
    heap = data[28 + packed :]
    check(heap[:20] == hashlib.sha1(toc).digest(), "xar: checksum of the table")
    members = {}

    def walk(node, folder):
        for f in node.findall("file"):
            name = posixpath.join(folder, f.findtext("name"))
            check((f.findtext("uid"), f.findtext("gid")) == ("0", "0"), "xar: owner of " + name)
            if f.findtext("type") == "directory":
                members[name] = None
                walk(f, name)
                continue
            d = f.find("data")
            at, length = int(d.findtext("offset")), int(d.findtext("length"))
            raw = heap[at : at + length]
            check(len(raw) == length, "xar: %s is cut off" % name)
            check(hashlib.sha1(raw).hexdigest() == d.findtext("archived-checksum"), "xar: stored " + name)
            zipped = d.find("encoding").get("style") == "application/x-gzip"
            check(zipped != name.endswith(("Payload", "Scripts")), "xar: encoding of " + name)
            out = zlib.decompress(raw) if zipped else raw
            check(len(out) == int(d.findtext("size")), "xar: size of " + name)
            check(hashlib.sha1(out).hexdigest() == d.findtext("extracted-checksum"), "xar: " + name)
            members[name] = out

    walk(ET.fromstring(text).find("toc"), "")
    return members


def cpio_entries(data, what):
    data = zlib.decompress(data, wbits=31)
    check(len(data) % 512 == 0, what + ": not padded")
    entries, inodes, at = {}, set(), 0
    while True:
        head = data[at : at + 76]
        check(head[:6] == b"070707", what + ": header")
        widths, fields, pos = [6, 6, 6, 6, 6, 6, 6, 11, 6, 11], [], 6
        for w in widths:
            fields.append(int(head[pos : pos + w], 8))
            pos += w
        _, ino, mode, uid, gid, _, _, _, namesize, filesize = fields
        at += 76
        name = data[at : at + namesize - 1].decode()
        at += namesize
        body = data[at : at + filesize]
        at += filesize
        if name == "TRAILER!!!":
            return entries
        check(ino not in inodes, "%s: %s shares an inode" % (what, name))
        inodes.add(ino)
        path = "." if name == "." else name[2:]
        check(name == "." or name.startswith("./"), "%s: name %s" % (what, name))
        check(path == "." or (posixpath.dirname(path) or ".") in entries, "%s: no folder for %s" % (what, name))
        entries[path] = (mode, uid, gid, body)


def cksum(data):
    crc, n = 0, len(data)
    tail = bytearray()
    while n:
        tail.append(n & 0xFF)
        n >>= 8
    for byte in data + bytes(tail):
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc ^ 0xFFFFFFFF


def bom_entries(data):
    magic, version, used, index_at, index_len, vars_at, _ = struct.unpack(">8sIIIIII", data[:32])
    check((magic, version) == (b"BOMStore", 1), "Bom: header")
    (count,) = struct.unpack_from(">I", data, index_at)
    pointers = [struct.unpack_from(">II", data, index_at + 4 + 8 * i) for i in range(count)]
    check(index_at + index_len == len(data), "Bom: the index does not end the file")
    check(index_len == 4 + 8 * count + 4 + 16, "Bom: length of the index")
    check(used == count - 1 and pointers[0] == (0, 0), "Bom: number of blocks")
    blocks = [data[a : a + n] for a, n in pointers]
    (n,), names, at = struct.unpack_from(">I", data, vars_at), {}, vars_at + 4
    for _ in range(n):
        block, length = struct.unpack_from(">IB", data, at)
        names[data[at + 5 : at + 5 + length].decode()] = block
        at += 5 + length
    check(list(names) == ["BomInfo", "Paths", "HLIndex", "VIndex", "Size64"], "Bom: names %s" % list(names))
    tree = struct.unpack(">4sIIIIB", blocks[names["Paths"]])
    check(tree[0] == b"tree" and tree[3] == 4096, "Bom: tree")
    node = tree[2]
    while blocks[node][:2] == b"\0\0":
        (node,) = struct.unpack_from(">I", blocks[node], 12)
    entries, paths, keys = {}, {0: ""}, []
    while node:
        leaf = blocks[node]
        check(len(leaf) == 4096, "Bom: size of a node")
        _, pairs, node, _ = struct.unpack_from(">HHII", leaf)
        for i in range(pairs):
            value, key = struct.unpack_from(">II", leaf, 12 + 8 * i)
            number, record = struct.unpack(">II", blocks[value])
            (parent,) = struct.unpack_from(">I", blocks[key])
            name = blocks[key][4:-1].decode()
            keys.append((parent, name.encode()))
            path = name if paths[parent] in ("", ".") else paths[parent] + "/" + name
            paths[number] = path
            r = blocks[record]
            kind, _, arch, mode, uid, gid, _, size, _ = struct.unpack_from(">BBHHIIIIB", r)
            crc = struct.unpack_from(">I", r, 23)[0] if kind == 1 else None
            entries[path] = (mode, uid, gid, size, crc)
            check(len(r) == {(2, 0xF): 31, (1, 0xF): 35, (1, 0x200F): 72}.get((kind, arch)), "Bom: record of " + path)
            if arch == 0x200F:
                slices = [struct.unpack_from(">IIII", r, 32 + 16 * s) for s in range(2)]
                check([s[0] for s in slices] == [0x01000007, 0x0100000C], "Bom: processors of " + path)
    check(keys == sorted(keys), "Bom: not sorted by folder and name")
    check(len(entries) == tree[4], "Bom: number of paths")
    info = struct.unpack_from(">III", blocks[names["BomInfo"]])
    check(info == (1, len(entries) + 1, 3), "Bom: BomInfo %s" % (info,))
    return entries


def component(members, prefix):
    payload = cpio_entries(members[prefix + "Payload"], "Payload")
    scripts = cpio_entries(members[prefix + "Scripts"], "Scripts")
    bom = bom_entries(members[prefix + "Bom"])
    want = {}
    for path, (mode, uid, gid, body) in payload.items():
        folder = mode >> 12 == 4
        want[path] = (mode, uid, gid, len(body), None if folder else cksum(body))
    check(bom == want, "Bom and Payload differ: %s" % (set(bom.items()) ^ set(want.items())))
    info = ET.fromstring(members[prefix + "PackageInfo"])
    check(info.tag == "pkg-info" and info.get("auth") == "root", "PackageInfo: root element")
    size = info.find("payload")
    check(int(size.get("numberOfFiles")) == len(payload) - 1, "PackageInfo: numberOfFiles")
    total = sum(len(e[3]) for e in payload.values())
    check(int(size.get("installKBytes")) == -(-total // 1024), "PackageInfo: installKBytes")
    check(info.find("relocate") is not None and not len(info.find("relocate")), "PackageInfo: relocate")
    named = sorted(s.get("file") for s in info.find("scripts"))
    check(named == sorted("./" + p for p in scripts if p != "."), "PackageInfo: scripts")
    for what, entries in ("payload", payload), ("scripts", scripts):
        for path, (mode, uid, gid, body) in entries.items():
            print("%s %06o %d:%d %d %s" % (what, mode, uid, gid, len(body), path))
    return info


def main(name):
    with open(name, "rb") as f:
        members = xar_members(f.read())
    if "Distribution" in members:
        dist = ET.fromstring(members["Distribution"])
        ref = [r for r in dist.findall("pkg-ref") if r.text][0]
        folder = ref.text.strip().lstrip("#")
        check(folder in members and members[folder] is None, "Distribution: no folder " + folder)
        info = component(members, folder + "/")
        check(ref.get("id") == info.get("identifier"), "Distribution: identifier")
        check(dist.find("options").get("hostArchitectures") == "arm64,x86_64", "Distribution: architectures")
        check(dist.find("volume-check/allowed-os-versions/os-version").get("min") == "12.0", "Distribution: minimum")
    else:
        component(members, "")
    for member in members:
        print("archive", member)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Exception as e:  # a damaged package ends here
        problems.append("%s: %s" % (type(e).__name__, e))
    for p in problems:
        print(p, file=sys.stderr)
    sys.exit(1 if problems else 0)
