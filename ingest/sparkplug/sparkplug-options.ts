import { existsSync, readFileSync } from 'node:fs';
import type { DeviceType } from '../../devices/model/device-type.ts';
import { Problem } from '../../kit/problem.ts';
import type { IngestConfig } from '../config.ts';
import type { LinkOptions } from '../external/broker-link.ts';
import { externalOptions } from '../external/external-options.ts';
import { type MappingFault, type MappingRegistry, readMapping, type SparkplugMapping } from './mapping.ts';

/** The Sparkplug host application, as the settings and the mapping file describe it. */
export interface SparkplugOptions {
  readonly hostId: string;
  readonly mapping: SparkplugMapping;
  /** What the mapping names and the registry lacks. */
  readonly missing: readonly MappingFault[];
  readonly reorderMs: number;
  /** The external broker, where there is one. */
  readonly broker: Omit<LinkOptions, 'clientId' | 'sessionSeconds'> | undefined;
}

/** Reads the mapping file; undefined where none is named and none lies in the data folder. Every fault of it is told at once. */
export function sparkplugOptions(
  config: IngestConfig,
  usualFile: string,
  registry: MappingRegistry,
  types: Readonly<Record<string, DeviceType>>,
): SparkplugOptions | undefined {
  const file = config.sparkplugMapping ?? (existsSync(usualFile) ? usualFile : undefined);
  if (file === undefined) return undefined;
  const { mapping, faults, missing } = readMapping(textOf(file), registry, types);
  if (!mapping) throw new Problem(faultText(file, faults));
  return {
    hostId: config.sparkplugHostId,
    mapping,
    missing,
    reorderMs: config.sparkplugReorderMs,
    broker: externalOptions(config),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    const why = (err as Error).message;
    throw new Problem(
      `无法读取 YANSHAO_SPARKPLUG_MAPPING 指定的文件 ${file}：${why}\ncannot read ${file}, named by YANSHAO_SPARKPLUG_MAPPING: ${why}`,
      err,
    );
  }
}

const faultText = (file: string, faults: readonly MappingFault[]): string =>
  [
    `${file} 有 ${faults.length} 处错误 / ${faults.length} fault${faults.length === 1 ? '' : 's'}:`,
    ...faults.map(({ line, zh, en }) => `  ${line}: ${zh} / ${en}`),
  ].join('\n');
