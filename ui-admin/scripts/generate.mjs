import { installed, schema } from './steps.mjs';

installed();
schema();
