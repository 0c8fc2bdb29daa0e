// Jest's globalSetup: the folder for what the run writes.
import { makeFolder } from './folder';

export default makeFolder;
