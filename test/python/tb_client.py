"""ThingsBoard's own client library (tb-mqtt-client) as a device or a gateway.

    tb_client.py device  <way> <port> <token> [<ca file>]
    tb_client.py gateway <way> <port> <token> <device> [<ca file>]

The library is used as it is, which is with MQTT 5. `way` is both, or one: with `one-way` no answer is waited for, as Mosquitto 2.0
puts its mount point before what clients publish, and leaves it before what they are sent. A token of the form user:password signs
in with both.

Does what its documentation shows, prints one JSON line for each thing it was told, and ends with 0 when everything it
published was acknowledged.
"""
import json
import sys
import time

from tb_device_mqtt import TBDeviceMqttClient, TBPublishInfo
from tb_gateway_mqtt import TBGatewayMqttClient


def say(what, value):
    print(json.dumps({what: value}), flush=True)


def until(condition, what):
    end = time.monotonic() + 30
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what} did not happen within 30 s")
        time.sleep(0.02)


def sent(info, what):
    if info.get() != TBPublishInfo.TB_ERR_SUCCESS:
        sys.exit(f"{what} was not acknowledged: {info.rc()}")


def connected(client, way, ca):
    client.connect(tls=ca is not None, ca_certs=ca)
    until(client.is_connected, "the connection")
    if way == "one-way":
        return
    # It asks the platform for its limits by itself, and works with its own until they come.
    until(lambda: client.rate_limits_received, "the session limits")


def device(way, port, token, ca=None):
    user, _, password = token.partition(":")
    client = TBDeviceMqttClient("localhost", int(port), user, password or None)
    connected(client, way, ca)
    answers = []
    sent(client.send_telemetry({"alarm.ch4": 1.5}), "one value without a time")
    now = int(time.time() * 1000)
    sent(client.send_telemetry({"ts": now - 2, "values": {"alarm.ch4": 2.5}}), "one with its time")
    sent(
        client.send_telemetry([{"ts": now - 1, "values": {"alarm.ch4": 3.5}}, {"ts": now, "values": {"alarm.ch4": 4.5}}]),
        "a list",
    )
    sent(client.send_attributes({"firmware": "1.4.2", "serial": "A1"}), "attributes")
    client.request_attributes(["firmware"], ["serverTime"], callback=lambda content, _err, *_: answers.append(content))
    until(lambda: answers, "an answer to the attribute request")
    say("attributes", answers[0])
    sent(client.claim("secret", 1000), "a claim")
    client.stop()
    client.disconnect()
    say("first", now - 2)


def gateway(way, port, token, name, ca=None):
    user, _, password = token.partition(":")
    client = TBGatewayMqttClient("localhost", int(port), user, password or None)
    connected(client, way, ca)
    answers = []
    sent(client.gw_connect_device(name, "default"), "connect")
    now = int(time.time() * 1000)
    sent(client.gw_send_telemetry(name, {"ts": now - 2, "values": {"alarm.ch4": 5.5}}), "one reading of a device")
    sent(
        client.gw_send_telemetry(
            name, [{"ts": now - 1, "values": {"alarm.ch4": 6.5}}, {"ts": now, "values": {"alarm.ch4": 7.5}}]
        ),
        "a list of a device",
    )
    sent(client.gw_send_attributes(name, {"firmware": "2.0"}), "attributes of a device")
    client.gw_request_shared_attributes(name, ["serverTime"], lambda content, _err, *_: answers.append(content))
    if way != "one-way":
        until(lambda: answers, "an answer to the attribute request")
        say("attributes", answers[0])
    sent(client.gw_disconnect_device(name), "disconnect")
    client.stop()
    client.disconnect()
    say("first", now - 2)


{"device": device, "gateway": gateway}[sys.argv[1]](*sys.argv[2:])
