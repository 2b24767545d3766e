import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The running server that `vite dev` hands API requests to. */
const server = process.env.DIALPLANE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      // What seldom changes, or is needed only after the sign-in, is kept apart from the console's own code.
      output: { codeSplitting: { groups: [{ name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\// }, { name: 'calling', test: /sdk\/calling\/|node_modules\/@azure/ }] } },
    },
  },
  server: {
    proxy: Object.fromEntries(['/v1', '/openapi.json', '/sdk', '/ca'].map((path) => [path, { target: server, changeOrigin: true, secure: false }])),
  },
});
