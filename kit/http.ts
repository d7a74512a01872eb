/**
 * Node's own HTTP, for processes that run on small machines: an ESM import of `node:http` reads all its exports, also those that
 * load undici for the web's globals, some 6 MB that nobody here uses.
 */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');
