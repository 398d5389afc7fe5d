import { text } from 'node:stream/consumers';
import { answerSchema } from '../core/charts/schema.ts';
import type { SchemaQuestion } from '../core/charts/schema.ts';

/* A process of its own, started by `schema-process.ts`: it answers one question, and may be ended at any time. */
const question = JSON.parse(await text(process.stdin)) as SchemaQuestion;
process.stdout.write(JSON.stringify(answerSchema(question)));
