/**
 * Whether a page of `origin` may open the stream on `host`: only our own pages. A browser sends a cookie along with every
 * WebSocket, whoever opened it, and asks no permission first; scripts send no origin and need a token or cookie anyway.
 */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  // `null` is what sandboxed and local pages send; it is no address.
  return host !== undefined && URL.parse(origin)?.host === host;
}
