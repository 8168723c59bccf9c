"""Security headers: of pages, which run no inline script or style, and of what is served beside them."""

from collections.abc import Sequence

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(), payment=()",
}


def page_headers(frame_ancestors: Sequence[str] = ()) -> dict[str, str]:
    """For an HTML page; `frame_ancestors` are the origins that may show it in a frame, by default none."""
    policy = _POLICY | {"frame-ancestors": " ".join(frame_ancestors) or "'none'"}
    headers = _ALWAYS | {
        "Content-Security-Policy": "; ".join(f"{key} {value}" for key, value in policy.items()),
        "Cache-Control": "no-store",
    }
    return headers if frame_ancestors else headers | {"X-Frame-Options": "DENY"}


def asset_headers(*, immutable: bool, embeddable: bool = False) -> dict[str, str]:
    """For a script or stylesheet; an immutable one has its content's hash in its address."""
    keep = "public, max-age=31536000, immutable" if immutable else "public, max-age=300"
    return {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": keep,
        "Cross-Origin-Resource-Policy": "cross-origin" if embeddable else "same-origin",
    }
