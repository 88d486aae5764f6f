"""An independent reader of JUnit XML: pytest's schema, and a parser of somebody else's."""

import io
from pathlib import Path

import xmlschema
from junitparser import JUnitXml

from grader.platforms import junit

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit-10.xsd")))


def suites(found):
    data = junit.junit(found)
    SCHEMA.validate(io.BytesIO(data))
    return JUnitXml.fromstring(data)
