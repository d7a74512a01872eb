import { readFileSync } from 'node:fs';
import { Problem } from '../../kit/problem.ts';
import type { IngestConfig } from '../config.ts';
import type { ExternalOptions } from './external-door.ts';

/** The external broker as the settings describe it, its certificates read; undefined where none is configured. */
export function externalOptions(config: IngestConfig): ExternalOptions | undefined {
  const { mqttBrokerUrl: url } = config;
  if (url === undefined) return undefined;
  const tls = {
    ...(config.mqttBrokerCa && { ca: pem(config.mqttBrokerCa, 'YANSHAO_MQTT_BROKER_CA') }),
    ...(config.mqttBrokerCert && { cert: pem(config.mqttBrokerCert, 'YANSHAO_MQTT_BROKER_CERT') }),
    ...(config.mqttBrokerKey && { key: pem(config.mqttBrokerKey, 'YANSHAO_MQTT_BROKER_KEY') }),
  };
  return {
    url,
    username: config.mqttBrokerUsername,
    password: config.mqttBrokerPassword,
    tls,
    name: config.mqttBrokerName,
    group: config.mqttBrokerGroup,
    receiveMaximum: config.mqttBrokerReceiveMaximum,
    sessionSeconds: Math.round(config.mqttBrokerSessionHours * 3600),
  };
}

function pem(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    const why = (err as Error).message;
    throw new Problem(
      `cannot read ${file}, named by ${setting}: ${why}\n无法读取 ${setting} 指定的文件 ${file}：${why}`,
      err,
    );
  }
}
