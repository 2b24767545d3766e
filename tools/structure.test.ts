/** Holds the source tree to its import rules (ARCHITECTURE.md, "Layers"), and its documents to the tree. Every check fails when it looked at nothing. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');

/** Package folder -> the packages of ours it may import. Nothing else, in no direction but down. */
const allowed: Record<string, readonly string[]> = {
  'packages/sansio': [],
  'packages/stun': ['sansio'],
  'packages/turn': ['sansio', 'stun'],
  'packages/calling-api': [],
  'packages/media-api': ['calling-api'],
  'packages/rtp': ['sansio'],
  'packages/ice': ['sansio', 'stun'],
  'packages/sdp': [],
  'packages/sip': ['sansio', 'stun'],
  'packages/routing': ['calling-api'],
  'packages/telephony-api': ['calling-api'],
  'packages/applications-api': ['calling-api'],
  'packages/conference': ['sansio', 'rtp', 'media-api'],
  'packages/call': ['sansio', 'calling-api', 'media-api', 'telephony-api', 'applications-api'],
  'packages/store': [],
  'packages/telemetry': [],
  'packages/kernels': [],
  'packages/testing': [],
  'packages/relay': ['sansio', 'stun', 'turn', 'calling-api', 'kernels', 'store', 'telemetry'],
  'packages/media-processor': ['sansio', 'stun', 'calling-api', 'media-api', 'rtp', 'ice', 'sdp', 'conference', 'kernels', 'telemetry'],
  'packages/telephony': ['sansio', 'calling-api', 'media-api', 'telephony-api', 'applications-api', 'rtp', 'sip', 'routing', 'store', 'telemetry'],
  'packages/sounds': ['media-api'],
  'packages/identity': ['calling-api', 'store', 'telemetry'],
  'packages/signaling-controller': ['sansio', 'calling-api', 'media-api', 'telephony-api', 'applications-api', 'sip', 'call', 'kernels', 'store', 'telemetry', 'identity'],
  'packages/azure-api': ['calling-api', 'applications-api', 'telemetry', 'identity'],
  'packages/server': ['stun', 'turn', 'calling-api', 'media-api', 'kernels', 'store', 'telemetry', 'identity', 'relay', 'media-processor', 'sip', 'telephony-api', 'telephony', 'signaling-controller', 'azure-api', 'sounds'],
  'sdk/calling': ['calling-api'],
  'apps/console': ['calling', 'calling-api'],
};
/** These import what they test or measure. */
const unrestricted = new Set(['lab', 'sim', 'bench', 'tools']);
/** Protocols and engines: no I/O, no clock, no randomness but through ports (STYLE: "Protocol logic has no I/O"). `applications-api` is not among them: its answers are promises. */
const pure = new Set(['packages/sansio', 'packages/stun', 'packages/turn', 'packages/calling-api', 'packages/media-api', 'packages/call', 'packages/rtp', 'packages/ice', 'packages/sdp', 'packages/conference', 'packages/sip', 'packages/routing', 'packages/telephony-api']);

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly isTest: boolean;
  readonly imports: readonly string[];
}

const folders = [...Object.keys(allowed), ...unrestricted];
const sources: SourceFile[] = folders
  .flatMap((folder) => globSync('**/*.{ts,tsx}', { cwd: join(root, folder), exclude: ['**/node_modules/**', '**/dist/**'] }).map((name) => ({ folder, name })))
  .map(({ folder, name }) => {
    const path = join(folder, name);
    const text = readFileSync(join(root, path), 'utf8');
    const imports = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)import\s+'([^']+)'/g)].map(
      (match) => match[1] ?? match[2] ?? match[3] ?? '',
    );
    return { path, folder, text, isTest: /\.(test|soak|bench|sim|e2e)\.tsx?$|\/test-[^/]+\.ts$/.test(path), imports };
  });

test('every workspace is covered by a rule', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  const workspaces = manifest.workspaces.flatMap((pattern) => globSync(pattern, { cwd: root })).filter((path) => existsSync(join(root, path, 'package.json')));
  assert.ok(workspaces.length >= 8, `found ${workspaces.length} workspaces`);
  assert.deepEqual(workspaces.filter((path) => !folders.includes(path)), []);
});

test('imports between packages point downward only', () => {
  let looked = 0;
  for (const source of sources) {
    const rule = allowed[source.folder];
    if (rule === undefined || source.isTest) continue;
    for (const specifier of source.imports.filter((name) => name.startsWith('@dialplane/'))) {
      looked += 1;
      const target = specifier.slice('@dialplane/'.length);
      assert.ok(rule.includes(target), `${source.path} imports ${specifier}; ${source.folder} may import [${rule.join(', ')}]`);
    }
  }
  assert.ok(looked >= 4, `looked at ${looked} imports`);
});

test('relative imports stay inside their package and name a file that exists', () => {
  let looked = 0;
  for (const source of sources) {
    for (const specifier of source.imports.filter((name) => name.startsWith('.'))) {
      looked += 1;
      const target = relative(root, resolve(root, dirname(source.path), specifier.split('?')[0] ?? ''));
      assert.ok(unrestricted.has(source.folder) || target.startsWith(`${source.folder}/`), `${source.path} reaches into ${target}`);
      assert.ok(existsSync(join(root, target)), `${source.path} imports ${specifier}, which does not exist`);
    }
  }
  assert.ok(looked > 30, `looked at ${looked} imports`);
});

test('protocols and engines touch no I/O, clock or randomness', () => {
  let looked = 0;
  const forbidden = /\b(?:Math\.random|Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval|setImmediate|queueMicrotask|process\.|async |await |Promise)\b/;
  for (const source of sources.filter((file) => pure.has(file.folder) && !file.isTest)) {
    looked += 1;
    assert.deepEqual(source.imports.filter((name) => name.startsWith('node:')), [], source.path);
    const code = source.text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'/g, '');
    assert.equal(forbidden.exec(code)?.[0], undefined, source.path);
  }
  assert.ok(looked > 15, `looked at ${looked} files`);
});

test('the client library takes only types from the calling API', () => {
  let looked = 0;
  for (const source of sources.filter((file) => file.folder === 'sdk/calling' && !file.isTest)) {
    looked += 1;
    assert.doesNotMatch(source.text, /(?:import|export) (?!type\b)[^;]*from '@dialplane\//, source.path);
  }
  assert.ok(looked > 0 || !existsSync(join(root, 'sdk/calling/src')), 'looked at no file');
});

test('every package opens with an essay, and no file name says nothing', () => {
  const indexes = sources.filter((file) => file.path.endsWith('/src/index.ts'));
  assert.ok(indexes.length >= 3, `found ${indexes.length} index files`);
  for (const index of indexes) assert.match(index.text, /^\/\*\*\n \* \S/, `${index.path} does not open with an essay`);
  const vague = sources.filter((file) => /(^|\/)(utils?|helpers?|common|misc|manager|types)(\/|\.tsx?$)/.test(file.path));
  assert.deepEqual(vague.map((file) => file.path), []);
});

const outside = new Set(['node_modules', 'dist', '.git']);
const treeFiles = globSync('**/*.*', { cwd: root, exclude: (name) => outside.has(name) });
const namesOfFiles = new Set(treeFiles.map((path) => basename(path)));

/** `a/{b,c}.ts` is two paths. */
function withoutBraces(path: string): readonly string[] {
  const [, before = '', choices, after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(path) ?? [];
  return choices === undefined ? [path] : choices.split(',').flatMap((choice) => withoutBraces(`${before}${choice}${after}`));
}

/** Paths that a line of Markdown names in code or links to; what begins with a dot, a slash or `x.` stands for something else. */
function pathsIn(line: string): readonly string[] {
  const named = [...line.matchAll(/`(?![./]|x\.)([\w.@{},*/-]+)`/g)].map(([, path = '']) => path).filter((path) => /\.(?:ts|tsx|md|json|cc|h)$|^(?:packages|sdk|apps|lab|bench|sim|tools|docs)\//.test(path));
  const linked = [...line.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, path = '']) => path);
  return [...named, ...linked].flatMap(withoutBraces);
}

test('paths that documents name exist', () => {
  let looked = 0;
  // The changelog tells of what was.
  for (const document of treeFiles.filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md')) {
    for (const line of readFileSync(join(root, document), 'utf8').split('\n')) {
      // In a table of folders a row's other paths are within its folder.
      const folder = /^\|\s*`([\w/-]+)`/.exec(line)?.[1] ?? '';
      const places = ['', dirname(document), folder, join(folder, 'src')].map((place) => join(root, place));
      for (const path of pathsIn(line)) {
        looked += 1;
        const isNamedAlone = namesOfFiles.has(path) || path === 'src/index.ts';
        assert.ok(isNamedAlone || places.some((place) => globSync(path, { cwd: place }).length > 0), `${document} names ${path}, which does not exist`);
      }
    }
  }
  assert.ok(looked > 150, `looked at ${looked} paths`);
});

test('the glossary is one table, in order, with a row for each noun', () => {
  const lines = readFileSync(join(root, 'GLOSSARY.md'), 'utf8').split('\n').filter((line) => line.startsWith('|'));
  assert.deepEqual(lines.slice(0, 2), ['| word | meaning |', '|---|---|']);
  const words = lines.slice(2).map((line) => (line.split('|')[1] ?? '').trim().toLowerCase());
  assert.ok(words.length > 50, `looked at ${words.length} rows`);
  assert.deepEqual(words, [...new Set(words)].toSorted(), 'rows are in the order of their words, and none stands twice');
});
