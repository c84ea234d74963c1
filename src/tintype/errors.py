"""Every error that Tintype raises on purpose.

    TintypeError
    ├── PhotoError              a photograph cannot be read, handled or written
    │   ├── UnreadablePhoto     no picture, an empty or a damaged one
    │   ├── UnsupportedPhoto    a picture of a kind that is not handled
    │   ├── PhotoTooLarge       more pixels than allowed
    │   ├── UnusableReference   a reference that no colors can be taken from: gray, tiny or missing
    │   └── SaveError           the result cannot be written
    ├── ModelError              a model cannot be found, trusted or made
    │   ├── UnknownModel        no model of that name or path
    │   ├── ContractError       the file does not keep the model contract
    │   └── ExportError         the exported graph does not compute what the network does
    ├── HintError               a person's hints cannot be read, or do not fit the photograph
    ├── DeviceError             the asked-for device is not there
    ├── DataError               a data set is missing, empty or damaged
    ├── ConfigError             an unknown or impossible setting
    ├── TrainingError           a training run cannot go on
    └── StudyError              a user study cannot be made, opened or answered

The message of each is one line that says what was wrong and what to do next.
"""


class TintypeError(Exception):
    """Base of all errors raised on purpose; catch this one to catch them all."""


class PhotoError(TintypeError):
    """A photograph cannot be read, handled or written."""


class UnreadablePhoto(PhotoError):
    """The input is no picture, or an empty or damaged one."""


class UnsupportedPhoto(PhotoError):
    """The input is a picture of a kind that is not handled, such as one with float samples."""


class PhotoTooLarge(PhotoError):
    """The input holds more pixels than allowed."""


class UnusableReference(PhotoError):
    """A reference photograph that no colors can be taken from: it is gray or tiny, or there is none."""


class SaveError(PhotoError):
    """The result cannot be written; whatever stood under that name before is untouched."""


class ModelError(TintypeError):
    """A model cannot be found, trusted or made."""


class UnknownModel(ModelError):
    """There is no model of that name or path."""


class ContractError(ModelError):
    """The file does not keep the model contract."""


class ExportError(ModelError):
    """The exported graph does not compute what the network computes."""


class HintError(TintypeError):
    """A person's hints cannot be read, or do not fit the photograph."""


class DeviceError(TintypeError):
    """The asked-for device is not there."""


class DataError(TintypeError):
    """A data set is missing, empty or damaged."""


class StudyError(TintypeError):
    """A user study cannot be made or opened, or a person or trial of it is unknown or asked for too much."""


class ConfigError(TintypeError):
    """A setting is unknown or impossible."""


class TrainingError(TintypeError):
    """A training run cannot go on."""
