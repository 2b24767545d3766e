import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The folder that holds `include/node` of the Node that runs this: the npm package `node` brings it in a package per platform, other
 * installations have it beside `bin`. Headers of another major version are not taken.
 */
export function findNodeHeaders(executable = process.execPath): string | undefined {
  const program = dirname(realpathSync(executable));
  const platformPackage = `node-${process.platform}-${process.arch}`;
  const candidates = ['..', `../node_modules/${platformPackage}`, `../../${platformPackage}`, '../..'].map((path) => resolve(program, path));
  return candidates.find((folder) => majorOf(join(folder, 'include/node/node_version.h')) === process.versions.node.split('.')[0]);
}

function majorOf(file: string): string | undefined {
  return existsSync(file) ? /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
}
