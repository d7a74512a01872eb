"""paho-mqtt (MQTT 5) as a device at the platform's own door.

    paho_device.py <port> <token> <count>

Asks for a session and for what the door has not, publishes `count` readings with QoS 1 and one with QoS 2, each with properties,
waits until the platform ends the connection, and prints one JSON object with what it was told.
"""
import json
import sys
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

port, token, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
told = {"acknowledged": []}
connected, granted, answered, ended = (threading.Event() for _ in range(4))


def on_connect(_client, _data, flags, reason, properties):
    told["connect"] = {"reason": str(reason), "session": flags.session_present, "properties": properties.json()}
    connected.set()


def on_subscribe(_client, _data, _mid, reasons, _properties):
    told["granted"] = [str(reason) for reason in reasons]
    granted.set()


def on_message(_client, _data, message):
    told["answer"] = json.loads(message.payload)
    answered.set()


def on_disconnect(_client, _data, _flags, reason, _properties):
    told["disconnect"] = str(reason)
    ended.set()


def wait(event, what):
    if not event.wait(30):
        sys.exit(f"{what} did not happen within 30 s")


client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="", protocol=paho.MQTTv5)
client.on_connect, client.on_subscribe, client.on_message, client.on_disconnect = (
    on_connect,
    on_subscribe,
    on_message,
    on_disconnect,
)
client.username_pw_set(token)
session = Properties(PacketTypes.CONNECT)
session.SessionExpiryInterval = 3600
client.connect("127.0.0.1", port, clean_start=False, properties=session)
client.loop_start()
wait(connected, "the connection")
client.subscribe(
    [
        ("v1/devices/me/attributes/response/+", SubscribeOptions(qos=1, noLocal=True, retainHandling=2)),
        ("#", SubscribeOptions(qos=1)),
        ("$share/g/v1/devices/me/telemetry", SubscribeOptions(qos=1)),
    ]
)
wait(granted, "the SUBACK")
client.publish("v1/devices/me/attributes/request/1", "{}", qos=1)
wait(answered, "an answer")
now = int(time.time() * 1000)
for i in range(count + 1):
    about = Properties(PacketTypes.PUBLISH)
    about.ContentType = "application/json"
    about.PayloadFormatIndicator = 1
    about.UserProperty = ("n", str(i))
    ts = now - count + i
    body = json.dumps({"ts": ts, "values": {"alarm.ch4": i % 10}})
    info = client.publish("v1/devices/me/telemetry", body, qos=2 if i == count else 1, properties=about)
    info.wait_for_publish(30)
    if info.is_published():
        told["acknowledged"].append(ts)
print(json.dumps({"ready": True}), flush=True)
wait(ended, "the end")
client.loop_stop()
print(json.dumps(told), flush=True)
