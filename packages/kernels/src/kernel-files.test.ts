import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isOutdated, kernelFingerprint, kernelNames } from './kernel-files.ts';
import { loadKernel } from './load-kernel.ts';
import { findNodeHeaders } from './node-headers.ts';

test('every kernel has sources of its own, and one that does not exist is absent with a sentence', () => {
  const fingerprints = kernelNames().map(kernelFingerprint);
  assert.ok(fingerprints.length >= (process.platform === 'linux' ? 2 : 0));
  assert.equal(new Set(fingerprints).size, fingerprints.length);
  assert.equal(isOutdated('none'), true);
  assert.deepEqual(loadKernel('none'), { kind: 'absent', absentBecause: `The native kernel "none" does not exist for this system (${process.platform}).` });
});

test('the headers are those of the Node that runs this, or none', (t) => {
  const headers = findNodeHeaders();
  assert.ok(headers !== undefined && existsSync(join(headers, 'include/node/node_api.h')));
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-node-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'node'), '');
  assert.equal(findNodeHeaders(join(folder, 'node')), undefined);
});
