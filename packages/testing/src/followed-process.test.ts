import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { followProcess } from './followed-process.ts';

function node(script: string) {
  return followProcess(spawn(process.execPath, ['--eval', script], { stdio: ['pipe', 'pipe', 'pipe'] }), 'the program');
}

test('a line is found that was printed before, or comes, on either output', async () => {
  const program = node("console.log('port 7'); console.error('ready'); process.stdin.once('data', () => { console.log('port 8'); process.stdin.unref(); });");
  assert.equal((await program.line(/port (\d)/))[1], '7');
  await program.line(/ready/);
  const next = program.nextLine(/port (\d)/);
  program.child.stdin?.write('go\n');
  assert.equal((await next)[1], '8');
  assert.equal((await program.line(/port (\d)/))[1], '7');
  program.child.stdin?.end();
  assert.equal(await program.ended, 0);
});

test('who waits for a line that never comes is told why', async () => {
  await assert.rejects(node("console.error('no such file'); process.exitCode = 3;").line(/ready/), /the program ended \(3\) before it printed \/ready\/:\nno such file/);
});

test('who waits for a line of a program that is not there is told so', async () => {
  await assert.rejects(followProcess(spawn('/nowhere/program'), 'it').line(/ready/), /it could not be started/);
});
