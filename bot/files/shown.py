"""A picture made anew for showing: nothing of the file that was sent is left in it but what can be seen."""

import io

from PIL import Image, ImageOps

LONGEST_SIDE = 2000  # pixels: enough to read a payslip


def picture(content: bytes) -> bytes:
    """The picture as a JPEG, upright, without place, camera or anything hidden behind its end."""
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as kept:
        # A JPEG is read at a fraction of its size where that will do: less memory, less time.
        kept.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(kept)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        flat = Image.new("RGB", upright.size, "white")
        drawn = upright.convert("RGBA")
        flat.paste(drawn, mask=drawn.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=88)
    return out.getvalue()
