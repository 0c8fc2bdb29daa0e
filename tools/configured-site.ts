// The site that a command is about, from the configuration of the project.
import { join } from 'node:path';
import { ConfigurationError, loadSite } from '../lib/config/load';
import type { Site } from '../lib/config/site';
import { ToolError } from './command-line';
import { projectRoot } from './synthesis/synthesize';

/** @throws ToolError for a configuration with faults, which the message lists */
export function configuredSite(of: Omit<Parameters<typeof loadSite>[0], 'directory'>): Site {
  try {
    return loadSite({ directory: join(projectRoot, 'config'), ...of });
  } catch (error) {
    if (error instanceof ConfigurationError) throw new ToolError(error.message);
    throw error;
  }
}
