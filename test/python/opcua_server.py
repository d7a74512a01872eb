"""An OPC UA server that is not node-opcua: asyncua, secured, driven line by line.

Basic256Sha256 with SignAndEncrypt and a user name only. Started with

    opcua_server.py --port 4840 --dir FOLDER --user NAME --password WORD [--nodes 10] [--history 2]
                    [--items-per-call 100 [--silent-limit]] [--offset-ms 3600000] [--no-refresh]

FOLDER keeps its key and certificate (`certificate.pem`, made when missing) and its history (`history.db`), so that it can be
killed and started again as the same server. Nodes are n0 (ns=2;i=100000), n1 (ns=2;i=100001) … with a double each; the first `--history` of them are
historized. It prints one JSON line when it listens and one for each command read from stdin, in order:

    {"set": [[node, value, source time in ms or null, status code], …]}   shows values
    {"event": {"source": name, "condition": name, "active": true, "severity": 700, "message": "…", "at": ms}}
    {"overflow": true}                                                    says that it dropped events
    {"stats": true}                                                       answers {"items": n, "largest": n, "sessions": n}
"""

import argparse
import asyncio
import json
import logging
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from asyncua import Server, ua
from asyncua.common import methods  # noqa: F401  (loads the method service)
from asyncua.common.utils import ServiceError
from asyncua.crypto.cert_gen import dump_private_key_as_pem, generate_private_key, generate_self_signed_app_certificate
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.history_sql import HistorySQLite
from asyncua.server.internal_session import InternalSession
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

URI = "urn:yanshao:test:asyncua"


class OneUser:
    """Lets one name in, with its password."""

    def __init__(self, name, password):
        self.name, self.password = name, password

    def get_user(self, iserver, username=None, password=None, certificate=None):
        good = username == self.name and password == self.password
        return User(role=UserRole.User, name=username) if good else None


class Calls:
    """Counts monitored items and refuses calls that carry too many."""

    items = 0
    largest = 0
    limit = 0

    @classmethod
    def install(cls, limit):
        cls.limit = limit
        create = InternalSession.create_monitored_items

        async def counted(session, params):
            many = len(params.ItemsToCreate)
            if session.external:
                if cls.limit and many > cls.limit:
                    raise ServiceError(ua.StatusCodes.BadTooManyOperations)
                cls.items += many
                cls.largest = max(cls.largest, many)
            return await create(session, params)

        InternalSession.create_monitored_items = counted


def certificate_in(folder):
    """Paths of the certificate and key; made when missing."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not certificate.exists():
        private = generate_private_key()
        names = [x509.UniformResourceIdentifier(URI), x509.DNSName("localhost")]
        made = generate_self_signed_app_certificate(
            private, "asyncua", {"organizationName": "test"}, names, [ExtendedKeyUsageOID.SERVER_AUTH]
        )
        key.write_bytes(dump_private_key_as_pem(private))
        certificate.write_bytes(made.public_bytes(Encoding.PEM))
    return certificate, key


def moment(ms):
    # A microsecond more: asyncua's SQLite history cannot read back what it kept of a whole second (Python 3.11).
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms, microseconds=1)


def shift_clock(server, offset):
    """Shows the server's own clock `offset` ahead, whatever it sets it to itself."""
    node = ua.NodeId(ua.ObjectIds.Server_ServerStatus_CurrentTime)
    space = server.iserver.aspace

    def shown(_node, _attribute):
        return ua.DataValue(ua.Variant(datetime.now(timezone.utc) + offset, ua.VariantType.DateTime))

    space.set_attribute_value_callback(node, ua.AttributeIds.Value, shown)
    space.set_attribute_value_setter(node, ua.AttributeIds.Value, lambda *_: None)


async def add_alarms(server):
    """A generator of off-normal alarms at the Server object."""
    generator = await server.get_event_generator(ua.ObjectIds.OffNormalAlarmType)
    return generator


async def raise_event(generator, server, event):
    alarm = generator.event
    alarm.SourceName = event["source"]
    alarm.SourceNode = ua.NodeId(event["source"], 2)
    alarm.NodeId = ua.NodeId(f"{event['source']}.{event['condition']}", 2)
    alarm.ConditionName = event["condition"]
    alarm.Severity = event.get("severity", 500)
    alarm.Retain = event["active"]
    alarm.Quality = ua.StatusCode(event.get("quality", 0))
    alarm.BranchId = ua.NodeId()
    setattr(alarm, "ActiveState/Id", event["active"])
    setattr(alarm, "AckedState/Id", False)
    at = moment(event["at"]) if "at" in event else None
    await generator.trigger(time_attr=at, message=event.get("message", ""))


async def serve(args):
    folder = Path(args.dir)
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = certificate_in(folder)
    Calls.install(args.items_per_call)
    server = Server(user_manager=OneUser(args.user, args.password))
    if not args.no_refresh:
        server.iserver.bind_condition_methods = 500
    await server.init()
    await server.set_application_uri(URI)
    server.set_endpoint(f"opc.tcp://127.0.0.1:{args.port}/stations")
    server.set_server_name("asyncua")
    server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    server.set_identity_tokens([ua.UserNameIdentityToken])
    await server.load_certificate(str(certificate))
    await server.load_private_key(str(key))
    if args.items_per_call and not args.silent_limit:
        limits = ua.NodeId(ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall)
        await server.get_node(limits).write_value(ua.Variant(args.items_per_call, ua.VariantType.UInt32))
    if args.history:
        server.iserver.history_manager.set_storage(HistorySQLite(str(folder / "history.db")))
    await server.iserver.history_manager.init()
    space = await server.register_namespace("urn:yanshao:test")
    assert space == 2
    nodes = {}
    for i in range(args.nodes):
        node = await server.nodes.objects.add_variable(ua.NodeId(100_000 + i, 2), f"n{i}", 0.0)
        nodes[f"n{i}"] = node
    generator = await add_alarms(server)
    await server.start()
    for i in range(args.history):
        await server.historize_node_data_change(nodes[f"n{i}"], period=timedelta(days=7), count=0)
    if args.offset_ms:
        shift_clock(server, timedelta(milliseconds=args.offset_ms))
    say({"listening": args.port})

    reader = asyncio.StreamReader(limit=16_000_000)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        try:
            say(await obey(server, nodes, generator, command))
        except Exception as err:  # the test shall read it, whatever it is
            say({"error": repr(err)})
    await server.stop()


async def obey(server, nodes, generator, command):
    if "set" in command:
        for name, value, at, status in command["set"]:
            shown = ua.DataValue(
                ua.Variant(float(value), ua.VariantType.Double),
                StatusCode=ua.StatusCode(status),
                SourceTimestamp=None if at is None else moment(at),
                ServerTimestamp=None if at is None else datetime.now(timezone.utc),
            )
            await server.write_attribute_value(nodes[name].nodeid, shown)
        return {"set": len(command["set"])}
    if "event" in command:
        await raise_event(generator, server, command["event"])
        return {"event": True}
    if "overflow" in command:
        said = await server.get_event_generator(ua.ObjectIds.EventQueueOverflowEventType)
        await said.trigger(message="events were dropped")
        return {"overflow": True}
    if "stats" in command:
        sessions = len([one for one in server.iserver.subscription_service.subscriptions])
        return {"items": Calls.items, "largest": Calls.largest, "subscriptions": sessions}
    return {"error": f"unknown command {command}"}


def say(words):
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--nodes", type=int, default=10)
    parser.add_argument("--history", type=int, default=0)
    parser.add_argument("--items-per-call", type=int, default=0)
    parser.add_argument("--silent-limit", action="store_true")
    parser.add_argument("--offset-ms", type=int, default=0)
    parser.add_argument("--no-refresh", action="store_true")
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(serve(parser.parse_args()))
