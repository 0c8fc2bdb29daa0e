// Stacks for tests: templates are built once a run, and constructs once for each test file that uses them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { type App, Stack } from 'aws-cdk-lib/core';
import { buildDeployment } from '../../../lib/deployment';
import { sharedFolder } from '../../synthesized/folder';
import { appWithFlags, type Choice, siteFor } from './account-stack';

export class BuiltStack<S extends Stack> {
  private read: Template | undefined;

  /**
   * @param id of the stack in the app
   * @param type of the stack
   * @param deployment the app with it
   */
  constructor(
    private readonly id: string,
    private readonly type: abstract new (...args: never[]) => S,
    private readonly deployment: BuiltApp,
  ) {}

  get app(): App {
    return this.deployment.app;
  }

  get stack(): S {
    const stack = this.app.node.tryFindChild(this.id);
    if (!(stack instanceof this.type)) throw new Error(`the deployment: expected a stack ${this.id}, got none`);
    return stack;
  }

  get template(): Template {
    this.read ??= Template.fromJSON(this.deployment.templates[this.id] ?? {});
    return this.read;
  }
}

type Templates = Readonly<Record<string, Record<string, unknown>>>;

/** An app that is built by the first use of its constructs, or by the first use of its templates in a run. */
export class BuiltApp {
  private built: App | undefined;
  private read: Templates | undefined;

  /** @param key what the app depends on besides the code */
  constructor(
    private readonly key: string,
    private readonly build: (app: App) => void,
  ) {}

  get app(): App {
    this.built ??= this.fresh('copied');
    return this.built;
  }

  get templates(): Templates {
    this.read ??= this.shared();
    return this.read;
  }

  private fresh(files: 'copied' | 'in place'): App {
    const app = appWithFlags(files);
    this.build(app);
    return app;
  }

  private shared(): Templates {
    const folder = join(sharedFolder(), 'stacks');
    const file = join(folder, `${createHash('sha256').update(this.key).digest('hex')}.json`);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Templates;
    // Of an app of its own: a test may have changed the other one.
    const stacks = this.fresh('in place').node.children.filter((child) => child instanceof Stack);
    const templates = Object.fromEntries(stacks.map((stack) => [stack.node.id, Template.fromStack(stack).toJSON()]));
    // Another process may write the same file: each writes its own, and renames it.
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(templates));
    renameSync(`${file}.${process.pid}`, file);
    return templates;
  }
}

const apps = new Map<string, BuiltApp>();

/** The app of that key, one for a test file. */
export function builtApp(key: string, build: (app: App) => void): BuiltApp {
  const app = apps.get(key) ?? new BuiltApp(key, build);
  apps.set(key, app);
  return app;
}

/** The whole deployment of that choice. */
export const builtDeployment = (choice: Choice): BuiltApp =>
  builtApp(`deployment ${JSON.stringify(choice)}`, (app) => buildDeployment(app, siteFor(choice)));
