/** Runs in a thread of its own: moves the write-ahead log into the database file when told, and ends when told. */
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteConnection } from './sqlite-connection.ts';

const port = parentPort;
if (port === null) throw new Error('invariant: this file runs as a worker');
const connection = new SqliteConnection(String(workerData));
connection.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
port.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    connection.close();
    port.close();
    return;
  }
  // PASSIVE: takes what is there without waiting for anybody, and nobody waits for it.
  connection.exec('PRAGMA wal_checkpoint(PASSIVE)');
  port.postMessage('checkpointed');
});
