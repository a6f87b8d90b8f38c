from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve


def serve_static(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve the built front end; its names carry a hash of their content, so they may be kept for ever."""
    response = serve(request, name, document_root=str(settings.STATIC_FOLDER))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
