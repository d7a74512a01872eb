/**
 * A Sparkplug B payload as plain data. Integers beyond what a double holds exactly are `bigint`, all others `number`: a reader
 * never has to guess whether the last digits are true.
 */
export type Integer = number | bigint;

/** The value field as it stands in the message, before its datatype says what it means. */
export type Raw =
  | { readonly field: 'int'; readonly value: number }
  | { readonly field: 'long'; readonly value: Integer }
  | { readonly field: 'float' | 'double'; readonly value: number }
  | { readonly field: 'boolean'; readonly value: boolean }
  | { readonly field: 'string'; readonly value: string }
  | { readonly field: 'bytes'; readonly value: Uint8Array }
  /** Recognised by its field and not looked into. */
  | { readonly field: 'dataset' | 'template' | 'extension' };

export interface PropertyValue {
  readonly type?: number;
  readonly isNull?: boolean;
  readonly raw?:
    | Raw
    | { readonly field: 'set'; readonly value: PropertySet }
    | { readonly field: 'sets'; readonly value: readonly PropertySet[] };
}

/** Properties by name; of two with one name the last counts. */
export type PropertySet = ReadonlyMap<string, PropertyValue>;

export interface MetaData {
  readonly isMultiPart?: boolean;
  readonly contentType?: string;
  readonly size?: Integer;
  readonly seq?: Integer;
  readonly fileName?: string;
  readonly fileType?: string;
  readonly md5?: string;
  readonly description?: string;
}

export interface Metric {
  readonly name?: string;
  readonly alias?: Integer;
  /** ms since 1970, UTC. */
  readonly timestamp?: Integer;
  /** A number of `datatypes`, or whatever the sender wrote. */
  readonly datatype?: number;
  readonly isHistorical?: boolean;
  readonly isTransient?: boolean;
  readonly isNull?: boolean;
  readonly metadata?: MetaData;
  readonly properties?: PropertySet;
  readonly raw?: Raw;
}

export interface Payload {
  /** ms since 1970, UTC. */
  readonly timestamp?: Integer;
  readonly metrics: readonly Metric[];
  readonly seq?: Integer;
  readonly uuid?: string;
  readonly body?: Uint8Array;
}
