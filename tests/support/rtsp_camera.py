"""A camera in a process of its own: GStreamer's RTSP server. Run by Debian's Python, which has its bindings.

Serves a moving test picture at `rtsp://127.0.0.1:PORT/cam`. Prints "ready" when it can be asked.
"""

import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402  (versions come first)

PIPELINE = (
    "( videotestsrc is-live=true pattern={pattern} horizontal-speed=3"
    " ! video/x-raw,width={width},height={height},framerate={rate}/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max={rate}"
    " ! rtph264pay name=pay0 pt=96 )"
)


def guard(server, factory, user, password):
    """Let in only who knows the password, asked for by digest (RFC 2617)."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", right, True)
    factory.set_permissions(permissions)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=240)
    parser.add_argument("--rate", type=int, default=10)
    parser.add_argument("--pattern", default="smpte")
    parser.add_argument("--user")
    parser.add_argument("--password")
    wanted = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(wanted.port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE.format(**vars(wanted)))
    factory.set_shared(True)
    if wanted.user:
        guard(server, factory, wanted.user, wanted.password)
    server.get_mount_points().add_factory("/cam", factory)
    if not server.attach(None):
        raise SystemExit(f"Port {wanted.port} is taken.")
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
