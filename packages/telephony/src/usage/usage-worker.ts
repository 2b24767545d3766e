/** Runs in a thread of its own: reads the ledger of lines when asked. */
import { serveReaderThread } from '@dialplane/store';
import { UsageQueries } from './usage-queries.ts';
import { UsageReport } from './usage-report.ts';

serveReaderThread((reader) => new UsageReport(new UsageQueries(reader)));
