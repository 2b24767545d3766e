/**
 * Logs and metrics, so that every part writes them alike.
 *
 * Logs are pino's: a JSON object per line, text on a terminal, a child logger per part, secrets taken out twice. Metrics are
 * prom-client's behind a surface on which a label must be declared with all its values, so that no stranger can make the number
 * of series grow. What tells errors of the system apart is read in one way.
 *
 * Out of scope: traces of a call (the call flow record in `signaling-controller`), shipping logs anywhere (a log is written to
 * standard output and collected by the system).
 *
 * ```ts
 * const logger = createLogger({ level: 'info' }).child({ part: 'identity' });
 * const metrics = createMetrics({ includeProcess: true });
 * const verified = metrics.counter({ name: 'tokens_verified_total', help: 'Tokens verified.', labels: { outcome: ['valid', 'invalid'] } });
 * verified.increment({ outcome: 'valid' });
 * ```
 */
export { errorCode } from './error-code.ts';
export { createLogger, logLevels, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export { createMetrics, type Counter, type Gauge, type Histogram, type LabelValues, type MetricDefinition, type MetricLabels, type Metrics } from './metrics.ts';
