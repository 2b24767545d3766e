import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The running server that `vite dev` hands API requests to. */
const server = process.env.DIALPLANE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023', sourcemap: false, chunkSizeWarningLimit: 400 },
  server: {
    proxy: Object.fromEntries(['/v1', '/openapi.json', '/sdk', '/ca'].map((path) => [path, { target: server, changeOrigin: true, secure: false }])),
  },
});
