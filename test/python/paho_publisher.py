"""paho-mqtt (MQTT 5) as a device behind an external broker.

    paho_publisher.py <port> <user> <password> <count>

Publishes `count` readings one after another to yanshao/<user>/v1/devices/me/telemetry with QoS 1 and prints, as JSON, the
times of those that the broker acknowledged.
"""
import json
import sys
import time

import paho.mqtt.client as paho

port, user, password, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=f"paho-{user}", protocol=paho.MQTTv5)
client.username_pw_set(user, password)
client.connect("127.0.0.1", port)
client.loop_start()
now = int(time.time() * 1000)
acknowledged = []
for i in range(count):
    ts = now - count + i
    info = client.publish(
        f"yanshao/{user}/v1/devices/me/telemetry", json.dumps({"ts": ts, "values": {"alarm.ch4": i % 10}}), qos=1
    )
    info.wait_for_publish(30)
    if info.is_published():
        acknowledged.append(ts)
client.disconnect()
client.loop_stop()
print(json.dumps(acknowledged), flush=True)
