import type { Notice } from '../../../devices/contract/live.ts';
import { unsecuredAttribute } from '../../../devices/contract/topics.ts';

/**
 * What every page has to say: which gateways read OPC UA servers without security, by what they said of themselves last.
 * A gateway that said nothing readable about it is not accused.
 */
export function noticesOf(
  gateways: Iterable<{ readonly id: string }>,
  attributesOf: (gateway: string) => Readonly<Record<string, unknown>>,
): Notice[] {
  return [...gateways].flatMap(({ id }): Notice[] => {
    const endpoints = endpointsIn(attributesOf(id)[unsecuredAttribute]);
    return endpoints.length > 0 ? [{ kind: 'opcua-unsecured', gateway: id, endpoints }] : [];
  });
}

/** A list of texts; a long one was cut when it was kept, and is one text then. */
function endpointsIn(said: unknown): string[] {
  const list: unknown[] = Array.isArray(said) ? said : [said];
  return list.filter((one): one is string => typeof one === 'string' && one !== '').map((one) => one.slice(0, 200));
}
