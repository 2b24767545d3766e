import react from '@vitejs/plugin-react';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** The running server that `vite dev` hands API requests to. */
const server = process.env.DIALPLANE_URL ?? 'http://127.0.0.1:8080';

/** Puts compressed twins beside the built files, which the server hands to browsers that take them. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir, 'assets');
    },
    closeBundle: () => {
      for (const name of globSync('**/*.{js,css,svg}', { cwd: folder })) {
        const file = join(folder, name);
        const content = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
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
