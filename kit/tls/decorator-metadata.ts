/**
 * @peculiar/x509 is wired together by tsyringe, which asks for decorator metadata and uses next to nothing of it. These
 * three functions are what it calls; a program that has loaded the whole `reflect-metadata` keeps that.
 */
type Key = string | symbol;
interface Metadata {
  defineMetadata?: (key: Key, value: unknown, target: object) => void;
  getMetadata?: (key: Key, target: object) => unknown;
  getOwnMetadata?: (key: Key, target: object) => unknown;
}

const kept = new WeakMap<object, Map<Key, unknown>>();
const reflect = Reflect as Metadata;

reflect.defineMetadata ??= (key, value, target) => {
  const own = kept.get(target) ?? new Map<Key, unknown>();
  kept.set(target, own.set(key, value));
};
reflect.getOwnMetadata ??= (key, target) => kept.get(target)?.get(key);
reflect.getMetadata ??= (key, target) => {
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at) as object | null) {
    const own = kept.get(at);
    if (own?.has(key)) return own.get(key);
  }
  return undefined;
};
