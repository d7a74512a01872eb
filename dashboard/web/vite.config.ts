import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The page is served under a content-security policy without `unsafe-inline` and `unsafe-eval`: nothing is inlined, and
 * the map's worker is a file of its own.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
  },
});
