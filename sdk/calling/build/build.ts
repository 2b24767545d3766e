/** Builds `dist/package`: the library as an application installs it. `--pack` also makes the tarball beside it; `--out` names another folder than `dist`. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type BuildOptions } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const repository = resolve(root, '../..');
const { values: flags } = parseArgs({ options: { pack: { type: 'boolean' }, out: { type: 'string' } } });
const dist = resolve(flags.out ?? join(root, 'dist'));
const output = join(dist, 'package');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

rmSync(dist, { recursive: true, force: true });
await bundle();
emitTypes();
writeManifest();
cpSync(join(repository, 'LICENSE'), join(output, 'LICENSE'));
cpSync(join(root, 'README.md'), join(output, 'README.md'));
if (flags.pack === true) run('npm', ['pack', '--silent', '--pack-destination', dist], output);

/** One file per module system. What the application brings itself (the peer dependency) stays outside. */
async function bundle(): Promise<void> {
  const options: BuildOptions = {
    entryPoints: [join(root, 'src/index.ts')],
    bundle: true,
    target: 'es2022',
    platform: 'neutral',
    external: Object.keys(manifest.peerDependencies),
    sourcemap: true,
    sourcesContent: true,
    legalComments: 'none',
  };
  await build({ ...options, format: 'esm', outfile: join(output, 'index.js') });
  await build({ ...options, format: 'cjs', outfile: join(output, 'index.cjs') });
}

/** Declarations: those that the public ones need, and no others. */
function emitTypes(): void {
  run(join(repository, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.types.json', '--outDir', join(output, 'types')], root);
  const types = join(output, 'types');
  const reachable = new Set<string>();
  const visit = (file: string) => {
    if (reachable.has(file)) return;
    reachable.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from\s+|import\()['"]([^'"]+)['"]/g)) {
      if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier.replace(/\.ts$/, '.d.ts')));
      else if (!(specifier in manifest.peerDependencies)) throw new Error(`The public types need ${specifier} (${relative(types, file)}), which is not published.`);
    }
    // In TypeScript's own sources the imports end in .ts; who installs the package may not allow that.
    writeFileSync(file, text.replaceAll(/((?:from\s+|import\()['"]\.[^'"]+)\.ts(['"])/g, '$1.js$2'));
  };
  visit(join(types, 'index.d.ts'));
  for (const name of globSync('**/*.d.ts', { cwd: types })) if (!reachable.has(join(types, name))) rmSync(join(types, name));
}

function writeManifest(): void {
  const { name, version, description, license, peerDependencies } = manifest;
  const entry = { types: './types/index.d.ts', import: './index.js', require: './index.cjs' };
  mkdirSync(output, { recursive: true });
  const published = {
    name, version, description, license, type: 'module', main: './index.cjs', module: './index.js', types: './types/index.d.ts', sideEffects: false,
    exports: { '.': entry, './package.json': './package.json' }, peerDependencies,
  };
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
}

function run(command: string, words: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(command, words, { cwd, stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ${words.join(' ')} failed with status ${status}`);
}
