/**
 * A telephone number that can be told from another and cannot be called: of a mobile number the first three and the last four
 * digits stay (`138****5678`, as is usual in China), of any other the last two. A country code stays.
 */
export function maskedPhone(phone: string): string {
  const mobile = /^(\+?86[ -]?)?(1\d{2})[ -]?\d{4}[ -]?(\d{4})$/.exec(phone.trim());
  if (mobile) return `${mobile[1] ?? ''}${mobile[2]}****${mobile[3]}`;
  const digits = phone.replace(/\D/g, '').length;
  let seen = 0;
  return phone.replace(/\d/g, (digit) => (++seen > digits - 2 && digits > 2 ? digit : '*'));
}

/** A person's name of which one knows the family and no more: `王**`, `J****`. */
export const maskedName = (name: string): string => {
  const [first = '', ...rest] = [...name.trim()];
  return first + '*'.repeat(rest.length);
};

/** Mobile numbers inside a text; the digits of an id or a time are none. */
const mobiles = /(?<![\d.])1[3-9]\d{9}(?![\d.])/g;
const phoneField = /phone|mobile|telephone/i;

/** Any value of JSON with the telephone numbers in it masked: fields named so, and mobile numbers inside texts. */
export function withoutPhones(value: unknown, field = ''): unknown {
  if (typeof value === 'string')
    return phoneField.test(field) ? maskedPhone(value) : value.replace(mobiles, (phone) => maskedPhone(phone));
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => withoutPhones(one, field));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPhones(inner, key)]));
}

/** A position to about a kilometre: which quarter it was, not which door. Degrees, WGS-84. */
export const roundedPlace = ({ lon, lat }: { readonly lon: number; readonly lat: number }) => ({
  lon: Math.round(lon * 100) / 100,
  lat: Math.round(lat * 100) / 100,
});
