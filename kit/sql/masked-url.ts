/** A database address as people may see it: the password replaced by dots. */
export function maskedUrl(url: string): string {
  // Not the URL class: an address that it cannot parse is the very one that ends up in a message.
  return url.replace(/^([a-z]+:\/\/[^:/?#]*):.*@/i, '$1:••••@').replace(/([?&]password=)[^&]*/gi, '$1••••');
}
